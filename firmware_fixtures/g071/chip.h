/* STM32G071 after reset: HSI16, USART1 on PA9 (RM0444 sections 5.4, 7.4, 33.8; DS12232 table 13: PA9 AF1). */
#pragma once

#include <stdint.h>

#define CHIP_CLOCK_HZ 16000000u
#define CHIP_INTERRUPTS 32
#define CHIP_SERIAL_ADDRESS 0x0801F800u
#define CHIP_BAD_STACK 0x20010000u /* the RAM ends at 0x20009000 */

#define CHIP_REGISTER(address) (*(volatile uint32_t *) (address))

static inline void
chip_usart_start (uint32_t baud)
{
  CHIP_REGISTER (0x40021008) = 0; /* RCC CFGR: HSI, undivided */
  CHIP_REGISTER (0x40021034) |= 1u << 0; /* RCC IOPENR: GPIOA */
  CHIP_REGISTER (0x40021040) |= 1u << 14; /* RCC APBENR2: USART1 */
  CHIP_REGISTER (0x50000024) = (CHIP_REGISTER (0x50000024) & ~(0xFu << 4)) | (1u << 4); /* AFRH: PA9 AF1 */
  CHIP_REGISTER (0x50000000) = (CHIP_REGISTER (0x50000000) & ~(3u << 18)) | (2u << 18); /* MODER: PA9 alternate */
  CHIP_REGISTER (0x40013800) = 0; /* CR1: off */
  CHIP_REGISTER (0x4001380C) = (CHIP_CLOCK_HZ + baud / 2) / baud; /* BRR */
  CHIP_REGISTER (0x40013800) = 1u << 3 | 1u << 0; /* CR1: TE, UE */
}

static inline void
chip_usart_put (char byte)
{
  while ((CHIP_REGISTER (0x4001381C) & 1u << 7) == 0) /* ISR: TXE */
    ;
  CHIP_REGISTER (0x40013828) = (uint8_t) byte; /* TDR */
}
