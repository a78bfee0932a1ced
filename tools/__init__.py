"""Tools for developers of the project; the program itself never imports them."""
