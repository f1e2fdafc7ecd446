permission-devices-locate = See where a lost device was
