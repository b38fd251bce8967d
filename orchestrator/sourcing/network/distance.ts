// Points on the globe: how far apart they are and where their middle lies. It knows no addresses.

/** A place on the globe, degrees. */
export interface Point {
  latitude: number
  longitude: number
}

/** Mean radius of the earth, km. */
const earthKm = 6371.0088
const radians = Math.PI / 180

/** Great-circle distance, km (haversine). */
export function greatCircleKm(a: Point, b: Point): number {
  const [aLat, bLat] = [a.latitude * radians, b.latitude * radians]
  const sinLat = Math.sin((bLat - aLat) / 2)
  const sinLon = Math.sin(((b.longitude - a.longitude) * radians) / 2)
  const h = sinLat * sinLat + Math.cos(aLat) * Math.cos(bLat) * sinLon * sinLon
  return 2 * earthKm * Math.asin(Math.min(1, Math.sqrt(h)))
}

/** A point where both coordinates are on the globe, else null. */
export function pointOf(latitude: number | null, longitude: number | null): Point | null {
  if (latitude === null || longitude === null) return null
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : null
}

/** The middle of points, told one by one: right over the date line too. */
export class Middle {
  #x = 0
  #y = 0
  #z = 0
  #only: Point | null = null
  #count = 0

  /** Takes a point in. */
  add({ latitude, longitude }: Point): void {
    this.#only = this.#count === 0 ? { latitude, longitude } : null
    this.#count += 1
    const [lat, lon] = [latitude * radians, longitude * radians]
    this.#x += Math.cos(lat) * Math.cos(lon)
    this.#y += Math.cos(lat) * Math.sin(lon)
    this.#z += Math.sin(lat)
  }

  /** Where the middle is; somewhere among them where they lie all around. */
  point(): Point {
    if (this.#only !== null) return this.#only
    return {
      latitude: Math.atan2(this.#z, Math.hypot(this.#x, this.#y)) / radians,
      longitude: Math.atan2(this.#y, this.#x) / radians,
    }
  }
}
