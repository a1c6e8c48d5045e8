"""Administration of organizations and projects."""
