/** Columns of reports that are not about volumes. */

/** Of the log that a command keeps of itself. */
export const LOG_COLUMNS = `
log_seq_num number 3 Seq
  Log sequence number.
log_type string 0 LogType
  Log type.
log_context string 0 Context
  Current context.
log_object_type string 0 ObjType
  Current object type.
log_object_name string 0 ObjName
  Current object name.
log_object_id string 7 ObjID
  Current object ID.
log_object_group string 7 ObjGrp
  Current object group.
log_object_group_id string 8 ObjGrpID
  Current object group ID.
log_message string 7 Msg
  Log message.
log_errno number 5 Errno
  Errno.
log_ret_code number 7 RetCode
  Return code.
`;

/** Of the kinds of block devices that LVM knows. */
export const DEVTYPE_COLUMNS = `
devtype_name string 7 DevType
  Name of Device Type exactly as it appears in /proc/devices.
devtype_max_partitions number 8 MaxParts
  Maximum number of partitions. (How many device minor numbers get reserved for each device.)
devtype_description string 11 Description
  Description of Device Type.
`;
