permission-devices-locate = Se var en borttappad enhet har varit
permission-devices-activation-lock = Ta bort aktiveringslås
