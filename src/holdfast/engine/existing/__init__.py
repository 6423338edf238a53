"""What exists already, in the words of an inventory. Must not: write anything there or here."""
