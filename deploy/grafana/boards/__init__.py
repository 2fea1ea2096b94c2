"""The dashboards as values: one module for each, built of `panels` over the expressions of `queries`."""
