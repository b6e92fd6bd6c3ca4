// KafkaBridge
