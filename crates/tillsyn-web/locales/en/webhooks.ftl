# What was recorded of webhooks; the person's name stands before it.
activity-webhook-made = Made a webhook
activity-webhook-changed = Changed a webhook
activity-webhook-paused = A webhook was paused
activity-webhook-resumed = Let a webhook send again
activity-webhook-removed = Removed a webhook
activity-webhook-key = Gave a webhook a new key
activity-webhook-test = Sent a test to a webhook
activity-webhook-retry = Sent an event to a webhook again
activity-webhook-failed = A webhook did not take an event for a day
