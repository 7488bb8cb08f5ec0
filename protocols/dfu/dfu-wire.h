/* The numbers of the ROM bootloader's USB protocol. Constants only: engine and bench share this file and nothing else.
 * Sources: AN3156 Rev 17 (02/2025), USB DFU 1.1 (08/2004), USB 2.0; sections beside the values. */
#pragma once

/* AN3156 section 1 and device logs */
#define STN_DFU_VENDOR_ID 0x0483
#define STN_DFU_PRODUCT_ID 0xdf11

/* DFU 1.1 section 4.1.1, 4.2.1: interface class and subclass; protocol 1 is an application's, 2 the bootloader's */
#define STN_DFU_INTERFACE_CLASS 0xfe
#define STN_DFU_INTERFACE_SUBCLASS 0x01
#define STN_DFU_PROTOCOL_RUN_TIME 0x01
#define STN_DFU_PROTOCOL_DFU_MODE 0x02

/* USB 2.0 table 9-5: descriptor types; DFU 1.1 section 4.1.3: the functional descriptor */
#define STN_DFU_DESCRIPTOR_DEVICE 0x01
#define STN_DFU_DESCRIPTOR_CONFIGURATION 0x02
#define STN_DFU_DESCRIPTOR_STRING 0x03
#define STN_DFU_DESCRIPTOR_INTERFACE 0x04
#define STN_DFU_DESCRIPTOR_FUNCTIONAL 0x21
/* their lengths: USB 2.0 tables 9-8, 9-10, 9-12; DFU 1.1 table 4.2 (DFU 1.0's has no version: 7) */
#define STN_DFU_DEVICE_BYTES 18
#define STN_DFU_CONFIGURATION_BYTES 9
#define STN_DFU_INTERFACE_BYTES 9
#define STN_DFU_FUNCTIONAL_BYTES 9
/* DFU 1.1 table 4.2, bmAttributes */
#define STN_DFU_CAN_DOWNLOAD 0x01
#define STN_DFU_CAN_UPLOAD 0x02
#define STN_DFU_MANIFESTATION_TOLERANT 0x04
#define STN_DFU_WILL_DETACH 0x08
/* the same, bcdDFUVersion: what ST's extension announces */
#define STN_DFU_VERSION_ST 0x011a
/* USB 2.0 section 9.6.7: the language the ROMs have strings in, US English */
#define STN_DFU_LANGUAGE 0x0409

/* USB 2.0 table 9-2 (bmRequestType) and 9-4 (bRequest) */
#define STN_DFU_TYPE_DEVICE_IN 0x80
#define STN_DFU_TYPE_INTERFACE_IN 0x81
#define STN_DFU_TYPE_INTERFACE_OUT 0x01
#define STN_DFU_GET_DESCRIPTOR 0x06
#define STN_DFU_SET_INTERFACE 0x0b

/* DFU 1.1 section 3: class requests to the interface */
#define STN_DFU_TYPE_CLASS_OUT 0x21
#define STN_DFU_TYPE_CLASS_IN 0xa1
#define STN_DFU_DETACH 0x00
#define STN_DFU_DNLOAD 0x01
#define STN_DFU_UPLOAD 0x02
#define STN_DFU_GETSTATUS 0x03
#define STN_DFU_CLRSTATUS 0x04
#define STN_DFU_GETSTATE 0x05
#define STN_DFU_ABORT 0x06
/* DFU 1.1 section 6.1.2: bStatus, bwPollTimeout[3], bState, iString */
#define STN_DFU_STATUS_BYTES 6

/* DFU 1.1 section 6.1.2: bState */
#define STN_DFU_APP_IDLE 0
#define STN_DFU_APP_DETACH 1
#define STN_DFU_IDLE 2
#define STN_DFU_DNLOAD_SYNC 3
#define STN_DFU_DNBUSY 4
#define STN_DFU_DNLOAD_IDLE 5
#define STN_DFU_MANIFEST_SYNC 6
#define STN_DFU_MANIFEST 7
#define STN_DFU_MANIFEST_WAIT_RESET 8
#define STN_DFU_UPLOAD_IDLE 9
#define STN_DFU_ERROR 10

/* DFU 1.1 section 6.1.2: bStatus */
#define STN_DFU_OK 0x00
#define STN_DFU_ERR_TARGET 0x01
#define STN_DFU_ERR_FILE 0x02
#define STN_DFU_ERR_WRITE 0x03
#define STN_DFU_ERR_ERASE 0x04
#define STN_DFU_ERR_CHECK_ERASED 0x05
#define STN_DFU_ERR_PROG 0x06
#define STN_DFU_ERR_VERIFY 0x07
#define STN_DFU_ERR_ADDRESS 0x08
#define STN_DFU_ERR_NOTDONE 0x09
#define STN_DFU_ERR_FIRMWARE 0x0a
#define STN_DFU_ERR_VENDOR 0x0b
#define STN_DFU_ERR_USBR 0x0c
#define STN_DFU_ERR_POR 0x0d
#define STN_DFU_ERR_UNKNOWN 0x0e
#define STN_DFU_ERR_STALLEDPKT 0x0f

/* AN3156 section 4: wValue of DNLOAD and UPLOAD. 0 is a command (DNLOAD) or Get (UPLOAD), 1 is reserved, from 2 on it
 * counts blocks of memory from the address pointer. */
#define STN_DFU_BLOCK_COMMAND 0
#define STN_DFU_BLOCK_FIRST 2
#define STN_DFU_BLOCK_LAST 0xffff

/* AN3156 sections 4, 5: the first byte of a command; an address follows least significant byte first */
#define STN_DFU_GET 0x00
#define STN_DFU_SET_ADDRESS 0x21
#define STN_DFU_ERASE 0x41
#define STN_DFU_READ_UNPROTECT 0x92

/* AN3156 sections 4, 5: bytes of memory in one request */
#define STN_DFU_BLOCK_BYTES_LEAST 2
#define STN_DFU_BLOCK_BYTES_MOST 2048
/* what every ROM seen takes; G4 and H743 take no more */
#define STN_DFU_BLOCK_BYTES_SAFE 1024
