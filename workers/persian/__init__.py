"""Persian for people: what an event says in codes and closed lists, in words."""
