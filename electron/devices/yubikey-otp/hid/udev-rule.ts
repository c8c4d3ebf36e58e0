/** The udev rule that lets whoever sits at the machine use a YubiKey, as shipped in resources/. */
export const UDEV_RULE =
  'KERNEL=="hidraw*", SUBSYSTEM=="hidraw", ATTRS{idVendor}=="1050", MODE="0660", TAG+="uaccess"';
