permission-devices-locate = See where a lost device was
permission-devices-activation-lock = Remove activation locks
