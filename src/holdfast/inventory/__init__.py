"""Files to Inventory, or every Problem at once. Must not: contact anything."""
