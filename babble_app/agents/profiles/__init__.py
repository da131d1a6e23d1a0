"""The task profiles that come with Babble, one file for each; found by `profile.all_profiles`."""
