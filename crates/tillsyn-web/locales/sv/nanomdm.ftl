activity-wake = väckte:
