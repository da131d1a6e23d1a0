"""The tabs of an app's page, one file each (components/app_tab.py)."""
