# Det som har noterats om webhookar; personens namn står framför.
activity-webhook-made = Skapade en webhook
activity-webhook-changed = Ändrade en webhook
activity-webhook-paused = En webhook pausades
activity-webhook-resumed = Lät en webhook skicka igen
activity-webhook-removed = Tog bort en webhook
activity-webhook-key = Gav en webhook en ny nyckel
activity-webhook-test = Skickade ett test till en webhook
activity-webhook-retry = Skickade en händelse till en webhook igen
activity-webhook-failed = En webhook tog inte emot en händelse på ett dygn
