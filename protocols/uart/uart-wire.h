/* The numbers of the ROM bootloader's UART protocol. Constants only: engine and bench share this file and nothing else.
 * Source: AN3155 Rev 20 (07/2025), sections beside the values. */
#pragma once

/* section 2: the byte whose start bit and seven ones the ROM measures */
#define STN_UART_SYNC 0x7f
/* section 3 */
#define STN_UART_ACK 0x79
#define STN_UART_NACK 0x1f

/* section 3, command table: the complement of the opcode follows each */
#define STN_UART_GET 0x00
#define STN_UART_GET_VERSION 0x01
#define STN_UART_GET_ID 0x02
#define STN_UART_READ_MEMORY 0x11
#define STN_UART_GO 0x21
#define STN_UART_WRITE_MEMORY 0x31
#define STN_UART_ERASE 0x43
#define STN_UART_EXTENDED_ERASE 0x44
#define STN_UART_SPECIAL 0x50
#define STN_UART_EXTENDED_SPECIAL 0x51
#define STN_UART_WRITE_PROTECT 0x63
#define STN_UART_WRITE_UNPROTECT 0x73
#define STN_UART_READOUT_PROTECT 0x82
#define STN_UART_READOUT_UNPROTECT 0x92
#define STN_UART_GET_CHECKSUM 0xa1

/* section 3.7: global erase is FF 00; section 3.8: FFFF all, FFFE bank 1, FFFD bank 2 */
#define STN_UART_ERASE_GLOBAL 0xff
#define STN_UART_EXTENDED_ERASE_ALL 0xffff
#define STN_UART_EXTENDED_ERASE_BANK_1 0xfffe
#define STN_UART_EXTENDED_ERASE_BANK_2 0xfffd

/* sections 3.4, 3.6 */
#define STN_UART_BLOCK_BYTES 256
/* section 1: 8E1 = 1 start, 8 data, 1 parity, 1 stop */
#define STN_UART_BITS_PER_CHARACTER 11
