"""Tools for whoever works on the project; the program itself never imports them."""
