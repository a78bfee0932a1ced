"""The rehearsal and the demo: the program plays a gathering with local servers, invented people and a movable clock."""
