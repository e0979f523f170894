mod accepted;
mod bombs;
mod hostile;
mod make;
