activity-wake = woke:
webhook-raw = It gets what devices send, as it came (NanoMDM format), with secrets in it such as unlock and bootstrap tokens.
webhook-event-raw = A message of a device
