"""What flows where in one function: values read forward, and what the function does with them."""
