permission-enrollments-move = 登録の移行（取り込みと書き出し）
activity-move-in = 別のサーバーから移行：
activity-first-contact = 移行後の最初の接続：
activity-proven = 移行が完了：
activity-frozen = 2つの証明書が競合するため停止：
activity-import = が登録を取り込み
activity-export = が登録を書き出し
