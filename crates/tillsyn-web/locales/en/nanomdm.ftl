activity-wake = woke:
