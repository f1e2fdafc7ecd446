# 再確認の依頼（監査証跡の表記）
activity-device-reconcile = がデバイスの再確認を依頼
activity-profile-reconcile = が拒否されたプロファイルの再試行を依頼
