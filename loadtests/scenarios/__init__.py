"""What a load run plays, one file per scenario: from the end of the ramp until all is published."""
