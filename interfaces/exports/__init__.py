"""What leaves the hub as a file: a view laid out on other paper, and no more than the view."""
