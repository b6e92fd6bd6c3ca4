import Configuration

/// The section `kafka` of the configuration; the client's own configuration has the same name.
typealias KafkaSection = KafkaConfiguration
