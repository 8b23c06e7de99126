"""What phone duty promises."""
