// Door of inventory: what can be asked of stock, reservations and products.

export { type AtpRequest, askAtp, askAvailability } from './ask.ts'
export { atpOf, horizonDays } from './atp.ts'
export { type FigureSource, type Figures, figuresOfState } from './availability.ts'
export { searchProducts } from './products.ts'
export { listReservations, type ReservationFilter, reservationById } from './reservations.ts'
export { listSchedule } from './schedule.ts'
