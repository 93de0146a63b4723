/** A city with rounded coordinates and its country (ISO 3166 alpha-2). */
export interface City {
  readonly name: string;
  readonly country: string;
  readonly lat: number;
  readonly lon: number;
}

/** Where customers live. */
export const HOME_CITIES: readonly City[] = [
  { name: "Berlin", country: "DE", lat: 52.52, lon: 13.4 },
  { name: "Hamburg", country: "DE", lat: 53.55, lon: 9.99 },
  { name: "Munich", country: "DE", lat: 48.14, lon: 11.58 },
  { name: "Vienna", country: "AT", lat: 48.21, lon: 16.37 },
  { name: "Paris", country: "FR", lat: 48.86, lon: 2.35 },
  { name: "Lyon", country: "FR", lat: 45.76, lon: 4.84 },
  { name: "Amsterdam", country: "NL", lat: 52.37, lon: 4.9 },
  { name: "Milan", country: "IT", lat: 45.46, lon: 9.19 },
  { name: "Madrid", country: "ES", lat: 40.42, lon: -3.7 },
];

/** Far from all of them. */
export const FAR_CITIES: readonly City[] = [
  { name: "Lagos", country: "NG", lat: 6.52, lon: 3.38 },
  { name: "Sao Paulo", country: "BR", lat: -23.55, lon: -46.63 },
  { name: "Jakarta", country: "ID", lat: -6.21, lon: 106.85 },
  { name: "Hanoi", country: "VN", lat: 21.03, lon: 105.85 },
  { name: "Chicago", country: "US", lat: 41.88, lon: -87.63 },
];

export const HOME_COUNTRIES: readonly string[] = [...new Set(HOME_CITIES.map((city) => city.country))];
export const FAR_COUNTRIES: readonly string[] = FAR_CITIES.map((city) => city.country);
