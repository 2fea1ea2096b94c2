"""Article pages of feeds that give leads only: which entries wait for one, how it is asked for, what is published."""
