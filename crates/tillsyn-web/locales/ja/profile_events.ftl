# 構成プロファイルに対する操作（監査証跡の表記）
activity-profile-archive = がプロファイルをアーカイブ
activity-profile-change = がプロファイルの名前や説明を変更
activity-profile-create = がプロファイルを作成
activity-profile-delete = がプロファイルを削除
activity-profile-discard = がプロファイルの下書きを破棄
activity-profile-draft = がプロファイルの下書きを変更
activity-profile-export = がプロファイルを秘密情報とともに書き出し
activity-profile-publish = がプロファイルのバージョンを公開
activity-profile-restore = がプロファイルの使用を再開
