"""What the product is built of: pinned, licensed, listed, and there as a wheel for every computer we name."""
