"""CODEOWNERS as GitHub and as GitLab read it: two formats that look alike. One module a dialect."""
