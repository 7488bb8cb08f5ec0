/* STM32F405 after reset: HSI 16 MHz, USART1 on PA9 (RM0090 sections 7.3, 8.4, 30.6; DS8626 table 9: PA9 AF7). */
#pragma once

#include <stdint.h>

#define CHIP_CLOCK_HZ 16000000u
#define CHIP_INTERRUPTS 82
#define CHIP_SERIAL_ADDRESS 0x080E0000u
#define CHIP_BAD_STACK 0x20040000u

#define CHIP_REGISTER(address) (*(volatile uint32_t *) (address))

static inline void
chip_usart_start (uint32_t baud)
{
  CHIP_REGISTER (0x40023808) = 0; /* RCC CFGR: HSI, undivided */
  CHIP_REGISTER (0x40023830) |= 1u << 0; /* RCC AHB1ENR: GPIOA */
  CHIP_REGISTER (0x40023844) |= 1u << 4; /* RCC APB2ENR: USART1 */
  CHIP_REGISTER (0x40020024) = (CHIP_REGISTER (0x40020024) & ~(0xFu << 4)) | (7u << 4); /* AFRH: PA9 AF7 */
  CHIP_REGISTER (0x40020000) = (CHIP_REGISTER (0x40020000) & ~(3u << 18)) | (2u << 18); /* MODER: PA9 alternate */
  CHIP_REGISTER (0x4001100C) = 0; /* CR1: off */
  CHIP_REGISTER (0x40011008) = (CHIP_CLOCK_HZ + baud / 2) / baud; /* BRR */
  CHIP_REGISTER (0x4001100C) = 1u << 13 | 1u << 3; /* CR1: UE, TE */
}

static inline void
chip_usart_put (char byte)
{
  while ((CHIP_REGISTER (0x40011000) & 1u << 7) == 0) /* SR: TXE */
    ;
  CHIP_REGISTER (0x40011004) = (uint8_t) byte; /* DR */
}
