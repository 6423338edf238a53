"""What cron is told: our file or our block, compared and written."""
