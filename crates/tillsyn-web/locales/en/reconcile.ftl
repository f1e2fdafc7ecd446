# What the reconciler is asked for.
activity-device-reconcile = asked a device to be looked at anew
activity-profile-reconcile = tried a refused profile again
