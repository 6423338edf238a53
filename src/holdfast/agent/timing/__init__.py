"""What is due when: schedules, zones and the cron lines that cover them. Pure."""
