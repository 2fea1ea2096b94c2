"""The three labels: features, model, training and evaluation."""
