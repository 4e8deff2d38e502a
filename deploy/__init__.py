"""What carries the project to other machines: release files, an image, operator manifests, a policy pack."""
