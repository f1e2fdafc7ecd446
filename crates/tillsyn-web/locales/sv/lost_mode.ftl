permission-devices-locate = Se var en borttappad enhet har varit
