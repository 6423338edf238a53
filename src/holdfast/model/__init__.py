"""What a person may write in the inventory: pure, strict, frozen; one file a concept."""
