# The portal's frame, and sign-in for people.
portal-menu = Your pages
portal-devices = My devices
portal-me = My profile
portal-help-own = Questions? Ask your organisation’s IT support.
portal-sign-in-intro = With the mail address and password that you have for your devices.
portal-sign-in-needed = Sign in to go on.
portal-signed-out = You are signed out.
portal-sign-in-failed = Mail address or password is not right.
portal-error-forbidden = This is not possible
portal-error-forbidden-text = Your account may not do this. Ask your organisation’s IT support.
portal-error-missing-text = The address is wrong, or what was there is gone.
portal-error-refused-text = Open the page again and repeat it. If it stays, ask your organisation’s IT support.
portal-error-on = Go on
