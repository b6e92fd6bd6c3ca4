// BrokerCore's messages carry a type of a module that this one doesn't import (see the arrows in ARCHITECTURE.md), so
// only its raw value is used here: 0, 1 or 2.

/// The number of a QoS.
func level<Quality: RawRepresentable<UInt8>>(of quality: Quality) -> UInt8 { quality.rawValue }

/// The QoS of a number that was checked when its mapping was.
func quality<Quality: RawRepresentable<UInt8>>(ofLevel level: UInt8) -> Quality {
  guard let quality = Quality(rawValue: level) else {
    preconditionFailure("a mapping's QoS is checked before it is used")
  }
  return quality
}
