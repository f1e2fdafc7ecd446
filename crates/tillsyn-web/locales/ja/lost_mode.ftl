permission-devices-locate = 紛失したデバイスの位置の表示
