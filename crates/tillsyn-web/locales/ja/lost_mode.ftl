permission-devices-locate = 紛失したデバイスの位置の表示
permission-devices-activation-lock = アクティベーションロックの解除
