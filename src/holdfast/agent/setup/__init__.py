"""What an apply sets up on a node, and takes off it again."""
