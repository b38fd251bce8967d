// Where customers live: one or a few cities per US state, weighted by population. No addresses, no persons.

import { zones } from './calendar.ts'

/** A place on the globe, degrees. */
export interface Place {
  latitude: number
  longitude: number
}

/** A city that orders are sent to. */
export interface Destination extends Place {
  region: string
  city: string
  postalCode: string
  /** Index into `zones`. */
  zone: number
  /** Inhabitants it stands for, thousands. */
  population: number
}

const [eastern, central, mountain, arizona, pacific, alaska, hawaii] = [0, 1, 2, 3, 4, 5, 6]

type Row = [
  region: string,
  city: string,
  postalCode: string,
  latitude: number,
  longitude: number,
  zone: number,
  population: number,
]

const rows: Row[] = [
  ['CA', 'Los Angeles', '90012', 34.05, -118.24, pacific, 18_500],
  ['CA', 'San Francisco', '94103', 37.77, -122.42, pacific, 12_000],
  ['CA', 'San Diego', '92101', 32.72, -117.16, pacific, 9038],
  ['TX', 'Houston', '77002', 29.76, -95.37, central, 11_000],
  ['TX', 'Dallas', '75201', 32.78, -96.8, central, 11_146],
  ['TX', 'San Antonio', '78205', 29.42, -98.49, central, 7000],
  ['FL', 'Miami', '33130', 25.76, -80.19, eastern, 9000],
  ['FL', 'Orlando', '32801', 28.54, -81.38, eastern, 12_538],
  ['NY', 'New York', '10001', 40.75, -73.99, eastern, 14_000],
  ['NY', 'Buffalo', '14202', 42.89, -78.88, eastern, 6201],
  ['PA', 'Philadelphia', '19103', 39.95, -75.17, eastern, 8003],
  ['PA', 'Pittsburgh', '15222', 40.44, -79.99, eastern, 5000],
  ['IL', 'Chicago', '60602', 41.88, -87.63, central, 12_813],
  ['OH', 'Cleveland', '44114', 41.5, -81.69, eastern, 11_799],
  ['GA', 'Atlanta', '30303', 33.75, -84.39, eastern, 10_712],
  ['NC', 'Charlotte', '28202', 35.23, -80.84, eastern, 10_439],
  ['MI', 'Detroit', '48226', 42.33, -83.05, eastern, 10_077],
  ['NJ', 'Newark', '07102', 40.74, -74.17, eastern, 9289],
  ['VA', 'Richmond', '23219', 37.54, -77.44, eastern, 8631],
  ['WA', 'Seattle', '98101', 47.61, -122.33, pacific, 7705],
  ['AZ', 'Phoenix', '85004', 33.45, -112.07, arizona, 7152],
  ['MA', 'Boston', '02108', 42.36, -71.06, eastern, 7030],
  ['TN', 'Nashville', '37203', 36.16, -86.78, central, 6911],
  ['IN', 'Indianapolis', '46204', 39.77, -86.16, eastern, 6786],
  ['MD', 'Baltimore', '21202', 39.29, -76.61, eastern, 6177],
  ['MO', 'St. Louis', '63101', 38.63, -90.2, central, 6155],
  ['WI', 'Milwaukee', '53202', 43.04, -87.91, central, 5894],
  ['CO', 'Denver', '80202', 39.74, -104.99, mountain, 5774],
  ['MN', 'Minneapolis', '55401', 44.98, -93.27, central, 5706],
  ['SC', 'Columbia', '29201', 34, -81.03, eastern, 5118],
  ['AL', 'Birmingham', '35203', 33.52, -86.8, central, 5024],
  ['LA', 'New Orleans', '70112', 29.95, -90.07, central, 4658],
  ['KY', 'Louisville', '40202', 38.25, -85.76, eastern, 4506],
  ['OR', 'Portland', '97204', 45.52, -122.68, pacific, 4237],
  ['OK', 'Oklahoma City', '73102', 35.47, -97.52, central, 3959],
  ['CT', 'Hartford', '06103', 41.76, -72.67, eastern, 3606],
  ['UT', 'Salt Lake City', '84101', 40.76, -111.89, mountain, 3272],
  ['IA', 'Des Moines', '50309', 41.59, -93.62, central, 3190],
  ['NV', 'Las Vegas', '89101', 36.17, -115.14, pacific, 3105],
  ['AR', 'Little Rock', '72201', 34.75, -92.29, central, 3012],
  ['MS', 'Jackson', '39201', 32.3, -90.18, central, 2961],
  ['KS', 'Wichita', '67202', 37.69, -97.34, central, 2938],
  ['NM', 'Albuquerque', '87102', 35.08, -106.65, mountain, 2118],
  ['NE', 'Omaha', '68102', 41.26, -95.94, central, 1962],
  ['ID', 'Boise', '83702', 43.62, -116.2, mountain, 1839],
  ['WV', 'Charleston', '25301', 38.35, -81.63, eastern, 1794],
  ['HI', 'Honolulu', '96813', 21.31, -157.86, hawaii, 1455],
  ['NH', 'Manchester', '03101', 42.99, -71.45, eastern, 1378],
  ['ME', 'Portland', '04101', 43.66, -70.26, eastern, 1362],
  ['RI', 'Providence', '02903', 41.82, -71.41, eastern, 1097],
  ['MT', 'Billings', '59101', 45.78, -108.5, mountain, 1084],
  ['DE', 'Wilmington', '19801', 39.74, -75.55, eastern, 990],
  ['SD', 'Sioux Falls', '57104', 43.55, -96.73, central, 887],
  ['ND', 'Fargo', '58102', 46.88, -96.79, central, 779],
  ['AK', 'Anchorage', '99501', 61.22, -149.9, alaska, 733],
  ['DC', 'Washington', '20001', 38.91, -77.04, eastern, 690],
  ['VT', 'Burlington', '05401', 44.48, -73.21, eastern, 643],
  ['WY', 'Cheyenne', '82001', 41.14, -104.82, mountain, 577],
]

/** All destinations; an order knows its destination by the index here. */
export const destinations: readonly Destination[] = rows.map(
  ([region, city, postalCode, latitude, longitude, zone, population]) => ({
    region,
    city,
    postalCode,
    latitude,
    longitude,
    zone,
    population,
  }),
)

/** Inhabitants by zone, as shares of the whole. */
export const zoneShares: readonly number[] = zones.map((_, zone) => shareOfZone(zone))

function shareOfZone(zone: number): number {
  const all = destinations.reduce((sum, place) => sum + place.population, 0)
  const here = destinations.filter((place) => place.zone === zone)
  return here.reduce((sum, place) => sum + place.population, 0) / all
}

/** Distance on the globe, km. */
export function distanceKm(a: Place, b: Place): number {
  const radians = Math.PI / 180
  const across = Math.sin(((b.longitude - a.longitude) * radians) / 2) ** 2
  const up = Math.sin(((b.latitude - a.latitude) * radians) / 2) ** 2
  const haversine = up + Math.cos(a.latitude * radians) * Math.cos(b.latitude * radians) * across
  return 2 * 6371 * Math.asin(Math.sqrt(haversine))
}
